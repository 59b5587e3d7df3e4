import sqlite3

from fastapi import FastAPI

app = FastAPI()


@app.get("/users")
def find_user(name: str):
    connection = sqlite3.connect("users.db")
    rows = connection.execute(f"SELECT id, name FROM users WHERE name = '{name}'").fetchall()
    return {"users": rows}
