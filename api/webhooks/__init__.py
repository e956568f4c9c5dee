"""What the receivers of our messages send back. Open to the world; each request must carry its sender's signature."""
