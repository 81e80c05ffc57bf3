/** The server refused or could not be reached. `message` is a sentence for people that says what to do. */
export class ApiFailure extends Error {
  override name = 'ApiFailure';
  /** 0: no answer at all. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** To the login, and back here afterwards. */
export function goToLogin(): void {
  const here = `${location.pathname}${location.search}`;
  location.assign(`/login?next=${encodeURIComponent(here)}`);
}

/**
 * Asks the API below /api/v1.
 * The answer is trusted to have its type: this page came from the same server.
 * @throws ApiFailure
 */
export async function getJson<Answer>(path: string): Promise<Answer> {
  const response = await ask(path, { headers: { accept: 'application/json' } });
  const answer: Answer = await response.json();
  return answer;
}

/** @throws ApiFailure */
export async function postJson<Answer>(path: string, body?: unknown): Promise<Answer> {
  const content =
    body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await ask(path, { method: 'POST', ...content });
  const answer: Answer = await response.json();
  return answer;
}

/** @throws ApiFailure */
export async function deleteResource(path: string): Promise<void> {
  await ask(path, { method: 'DELETE' });
}

async function ask(path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(`/api/v1${path}`, { ...init, credentials: 'same-origin', cache: 'no-store' });
  } catch (cause) {
    throw new ApiFailure(0, `The server cannot be reached. Try again. (${String(cause)})`);
  }
  if (response.status === 401) goToLogin();
  if (!response.ok) throw new ApiFailure(response.status, await messageOf(response));
  return response;
}

async function messageOf(response: Response): Promise<string> {
  const otherwise = `The server answered ${response.status}.`;
  try {
    const body: unknown = await response.json();
    const hasMessage = typeof body === 'object' && body !== null && 'message' in body;
    return hasMessage && typeof body.message === 'string' ? body.message : otherwise;
  } catch {
    // not JSON: a proxy answered in the server's place
    return otherwise;
  }
}

/** What to show of anything that was thrown. */
export function messageFrom(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
