"""Router answers for who owns a case: 研判, the 承办单 to each unit, the check of their answer, the 回访 and the close."""
