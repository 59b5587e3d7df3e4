import express from "express";
import { Pool } from "pg";

const app = express();
const pool = new Pool();

app.get("/orders", async (request, response) => {
  const customer = request.query.customer;
  const result = await pool.query(`SELECT * FROM orders WHERE customer = '${customer}'`);
  response.json(result.rows);
});
