"""What protects the product: threat list, blocks, limits, and security events as others read them."""
