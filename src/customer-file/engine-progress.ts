/** How far a call of the engine has come: of the upload for a split, of the part for a preparation. */
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
