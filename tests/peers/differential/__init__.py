"""Random operations against `lddynamo local`, dynalite and moto, and what may differ."""
