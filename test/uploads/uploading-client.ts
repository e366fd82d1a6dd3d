/** What sends a file to the API and can be killed while it does. */
export interface UploadingClient {
  /** Begins to send the file, or goes on with it after `kill`. */
  start(): Promise<void>;
  /** Ends it at once, as `kill -9` or a closed tab does. */
  kill(): Promise<void>;
  /** Settles when the client has sent the whole file, and fails when it gave up. */
  done(): Promise<void>;
  /** Its notes of uploads that it would go on with. */
  notesLeft(): Promise<readonly string[]>;
  /** Ends what is left of it. */
  close(): Promise<void>;
}

export interface ClientSetting {
  readonly file: string;
  readonly api: string;
  /** For what the client keeps. */
  readonly folder: string;
}
