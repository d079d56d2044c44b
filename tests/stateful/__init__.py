"""The service against the model, over all mutations: see `machine` for the rules, `walk` for what every step proves."""
