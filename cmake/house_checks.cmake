# The rules of the house as tests (label house).
