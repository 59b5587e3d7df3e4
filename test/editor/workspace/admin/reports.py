import sqlite3

from fastapi import APIRouter

router = APIRouter()


@router.get("/reports")
def find_reports(owner: str):
    connection = sqlite3.connect("reports.db")
    query = "SELECT * FROM reports WHERE owner = '" + owner + "'"
    return connection.execute(query).fetchall()
