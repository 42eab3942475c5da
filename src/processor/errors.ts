/** What went wrong; docs/troubleshooting.md says what to do. */
export type RemovalErrorCode =
  /** The browser lacks something; `checkSupport()` names it. */
  | 'unsupported'
  /** This SDK version would publish the raw camera although a processor is set. */
  | 'unsupported-sdk'
  /** An option has the wrong type or range; the message names it. */
  | 'invalid-option'
  /** Not a live video track. */
  | 'invalid-track'
  /** The remover was closed. */
  | 'closed'
  /** The `AbortSignal` fired, or a newer `update` took its place. */
  | 'aborted'
  /** The worker's script could not start. */
  | 'worker-failed'
  /** A worker crashed or stopped answering. Another is started, unless the state is `failed`. */
  | 'worker-lost'
  /** No answer for a model or wasm file. */
  | 'asset-network'
  /** The server answered with an error for a model or wasm file. */
  | 'asset-http'
  /** Something else came instead of a model or wasm file, usually a page. */
  | 'asset-type'
  /** A model or wasm file has another size or SHA-256 than this version's. */
  | 'asset-corrupt'
  /** Frames can be neither copied nor drawn; they are covered. */
  | 'frame-unreadable'
  /** A frame could not be segmented; it was covered. */
  | 'segmentation-failed'
  /** A frame's hole could not be filled; it was covered. */
  | 'inpaint-failed'
  /** The network or the completion failed; what was never seen is filled without it. */
  | 'network-failed'
  /** A room could not be stored or looked for, or is damaged; removal goes on without it. */
  | 'memory-failed'
  /** WebGPU's device was lost or never answered; removal goes on without it. */
  | 'gpu-lost';

/** What a {@link RemovalError} has besides code and message. */
export interface RemovalErrorInit {
  /** What was thrown first; text if it comes from a worker. */
  readonly cause?: unknown;
  /** The file concerned, for `worker-failed` and `asset-*`. */
  readonly url?: string | undefined;
}

/** Every error of this package: what failed, with which URL or limit, and what to do next. */
export class RemovalError extends Error {
  /** Identifies it where `instanceof` cannot, as between two copies of the package. */
  override readonly name = 'RemovalError';
  /** For programs; the message is for people. */
  readonly code: RemovalErrorCode;
  /** The file concerned, for `worker-failed` and `asset-*`. */
  readonly url: string | undefined;

  /** Made by the package. */
  constructor(code: RemovalErrorCode, message: string, { cause, url }: RemovalErrorInit = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.url = url;
  }

  /** What can be posted between worker and page. @internal */
  toWire(): WireError {
    const cause = this.cause === undefined ? undefined : String(this.cause);
    return { code: this.code, message: this.message, url: this.url, cause };
  }

  /** @internal */
  static fromWire({ code, message, url, cause }: WireError): RemovalError {
    return new RemovalError(code, message, { url, cause });
  }

  /** Errors of ours pass; others become `code`. @internal */
  static from(error: unknown, code: RemovalErrorCode, message: string): RemovalError {
    if (error instanceof RemovalError) return error;
    return new RemovalError(code, `${message}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

export interface WireError {
  readonly code: RemovalErrorCode;
  readonly message: string;
  readonly url: string | undefined;
  readonly cause: string | undefined;
}
