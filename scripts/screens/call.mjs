/** A JSON request: POST with a body, GET without. */
export async function call(url, body, token) {
  const response = await fetch(url, {
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
    headers: {
      ...(body && { 'Content-Type': 'application/json' }),
      ...(token && { Authorization: `Bearer ${token}` }),
    },
  });
  return response.json();
}

export const tokenFor = async (home, userId, role = 'customer') =>
  (await call(`${home}/v1/sandbox/tokens`, { userId, role })).token;
