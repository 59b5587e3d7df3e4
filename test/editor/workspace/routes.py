from fastapi import FastAPI

from store import find_payments

app = FastAPI()


@app.get("/payments")
def payments(payer: str):
    return []