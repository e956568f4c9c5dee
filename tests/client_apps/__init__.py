"""Small applications that the tests of `gatehouse_client` bind and serve; the environment has the address and token."""
