import pickle
import sqlite3

from fastapi import FastAPI

app = FastAPI()


@app.get("/items")
def find_item(name: str):
    connection = sqlite3.connect("shop.db")
    return connection.execute(f"SELECT * FROM items WHERE name = '{name}'").fetchall()


def load_basket(data):
    return pickle.loads(data)
