/** Ticket storage in PostgreSQL. */
import { Pool } from "pg";

const pool = new Pool({ connectionString: process.env.DATABASE_URL });

export interface Ticket {
  id: number;
  title: string;
  status: string;
  owner: string;
}

/** Search tickets with an optional status filter. */
export async function searchTickets(query: string, status?: string): Promise<Ticket[]> {
  let sql = `SELECT * FROM tickets WHERE title ILIKE '%${query}%'`;
  if (status) {
    sql += ` AND status = '${status}'`;
  }
  const result = await pool.query(sql);
  return result.rows;
}

/** All tickets of one customer, newest first. */
export async function ticketsOf(owner: string): Promise<Ticket[]> {
  const result = await pool.query(`SELECT * FROM tickets WHERE owner = '${owner}' ORDER BY id DESC`);
  return result.rows;
}

export async function getTicket(id: number): Promise<Ticket | undefined> {
  const result = await pool.query("SELECT * FROM tickets WHERE id = $1", [id]);
  return result.rows[0];
}
