import sqlite3

from fastapi import APIRouter

router = APIRouter()


@router.get("/invoices")
def find_invoices(owner: str):
    connection = sqlite3.connect("invoices.db")
    return connection.execute("SELECT * FROM invoices WHERE owner = ?", (owner,)).fetchall()
