import pg from 'pg';

/** Inserts the three plans of a new installation. Does nothing when there is a plan already. */
export async function seedPlans(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(`
      WITH first (id, type, name, amount, duration_months) AS (
        VALUES
          (1, 'BASIC'::"PlanType", '베이직', 9900, 1),
          (2, 'PREMIUM', '프리미엄', 19900, 1),
          (3, 'EVENT', '이벤트', NULL, NULL)
      ), seeded AS (
        INSERT INTO plan (id, type, name, price_id)
        SELECT id, type, name, id FROM first WHERE NOT EXISTS (SELECT FROM plan)
        ON CONFLICT DO NOTHING
        RETURNING id
      ), priced AS (
        INSERT INTO price (id, plan_id, plan_type, amount, duration_months)
        SELECT id, id, type, amount, duration_months FROM first JOIN seeded USING (id)
      )
      SELECT setval(pg_get_serial_sequence(seeded_table, 'id'), (SELECT max(id) FROM seeded))
      FROM unnest(ARRAY['plan', 'price']) AS seeded_table WHERE EXISTS (SELECT FROM seeded)`);
  } finally {
    await client.end();
  }
}
