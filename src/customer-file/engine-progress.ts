/** How far a call of the engine has come, in the upload's bytes and rows. */
export interface EngineProgress {
  readonly bytesRead: number;
  readonly rowsRead: number;
}

export interface EngineOptions {
  /** Stops the work; the call then throws the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called several times a second while the work goes on. */
  readonly onProgress?: (progress: EngineProgress) => void;
}
