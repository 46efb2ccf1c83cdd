"""What libraries do, by asking them: `make compare` runs them on DynamoDB Local and writes docs/comparison.md."""
