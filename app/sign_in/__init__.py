"""The gate: who is asking. Verifies keys and tokens, knows neither GraphQL nor HTTP, decides nothing about the books."""
