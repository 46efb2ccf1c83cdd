"""Between resources and records: keys, codec, and the schema a Resource class compiles to."""
