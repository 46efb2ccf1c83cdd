"""As much of HTTP/1.1 as DynamoDB needs: POSTs and their answers, over connections that are kept."""
