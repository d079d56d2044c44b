"""The nouns: immutable values of the books and their arithmetic. Pure: no input, no output, no clock."""
