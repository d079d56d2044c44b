"""OAuth 2.0 for clients without a person in front of them: tokens, the keys that verify them, and where both are.

routes        the addresses
token         client credentials in, access token out (RFC 6749, 4.4)
token_request what a client sends: Basic or form fields
discovery     the key set (RFC 7517) and what the server can do (RFC 8414)
refusal       the errors of RFC 6749, 5.2
"""
