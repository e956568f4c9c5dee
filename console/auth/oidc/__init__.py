"""OpenID Connect: authorisation code with PKCE as an alternative to the password."""
