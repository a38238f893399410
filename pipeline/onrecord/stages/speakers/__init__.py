"""The speakers stage: who is behind each source within one article; joining across articles is `collection`."""
