import pg from 'pg';

/** Inserts the three plans of a new installation. Does nothing when there is a plan already. */
export async function seedPlans(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(`
      WITH seeded AS (
        INSERT INTO plan (id, type, name, price, duration_months)
        SELECT * FROM (VALUES
          (1, 'BASIC'::"PlanType", '베이직', 9900, 1),
          (2, 'PREMIUM', '프리미엄', 19900, 1),
          (3, 'EVENT', '이벤트', NULL, NULL)
        ) AS first (id, type, name, price, duration_months)
        WHERE NOT EXISTS (SELECT FROM plan)
        ON CONFLICT DO NOTHING
        RETURNING id
      )
      SELECT setval(pg_get_serial_sequence('plan', 'id'), (SELECT max(id) FROM seeded))
      WHERE EXISTS (SELECT FROM seeded)`);
  } finally {
    await client.end();
  }
}
