"""The model page: what it reads, its status, its sentences, its charts."""
