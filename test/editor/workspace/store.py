import sqlite3


def find_payments(payer: str):
    connection = sqlite3.connect("payments.db")
    return connection.execute(f"SELECT * FROM payments WHERE payer = '{payer}'").fetchall()
