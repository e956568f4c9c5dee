"""Everything that touches Redis or PostgreSQL; nothing else imports their drivers."""
