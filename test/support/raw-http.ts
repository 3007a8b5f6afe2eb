import { connect, type Socket } from 'node:net';

export interface RawAnswer {
  status: number;
  headers: Headers;
  body: any;
}

/** A request as bytes, for what no HTTP client would send. */
export async function rawRequest(url: string, request: string): Promise<RawAnswer> {
  const socket = rawConnection(url);
  socket.write(request);
  return answerOn(socket);
}

/** A connection on which the test writes what it likes. */
export function rawConnection(url: string): Socket {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  return socket;
}

/** What the server sent until it closed the connection. */
export async function answerOn(socket: Socket): Promise<RawAnswer> {
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  const [head = '', body = ''] = text.split('\r\n\r\n', 2);
  const [statusLine = '', ...lines] = head.split('\r\n');
  const headers = new Headers();
  for (const line of lines) headers.append(line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1));
  const isJson = headers.get('content-type')?.includes('json');
  return { status: Number(statusLine.split(' ')[1]), headers, body: isJson ? JSON.parse(body) : body };
}
