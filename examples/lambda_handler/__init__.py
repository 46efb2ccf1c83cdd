"""The shop behind API Gateway and an SQS queue: two functions, `api.handler` and `queue.handler`."""
