"""The hands: workers that do what was submitted, by the same use cases as any request."""
