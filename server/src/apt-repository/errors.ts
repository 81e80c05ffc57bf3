/** The repository cannot do what it was asked to. Nothing was published; the message is all that the user needs. */
export class AptRepositoryError extends Error {
  override readonly name = 'AptRepositoryError';
}
