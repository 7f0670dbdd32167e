"""A whole year of the district, played by the real services, and its reports counted a second way."""
