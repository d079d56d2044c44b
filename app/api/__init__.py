"""The door: GraphQL in, GraphQL out; decides nothing, computes nothing."""
