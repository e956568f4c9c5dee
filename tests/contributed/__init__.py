"""What CONTRIBUTING's templates become: read from its pages, written into a copy of the repository, and put to work."""
