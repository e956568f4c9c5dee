"""Users: who has an account, and inviting somebody."""
