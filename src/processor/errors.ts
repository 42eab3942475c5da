/** What went wrong, for programs. docs/troubleshooting.md says for each what to do. */
export type RemovalErrorCode =
  /** The browser lacks something that removal needs; `checkSupport()` names it. */
  | 'unsupported'
  /**
   * This version of an SDK would publish the raw camera although a processor is set; the message names both versions.
   */
  | 'unsupported-sdk'
  /** An option is not of its type or range; the message names the option. */
  | 'invalid-option'
  /** Not a live video track. */
  | 'invalid-track'
  /** The remover was closed. */
  | 'closed'
  /** The caller's `AbortSignal` fired, or a newer `update` took its place. */
  | 'aborted'
  /** The worker's script could not be started. */
  | 'worker-failed'
  /**
   * A running worker stopped answering: it crashed or was ended. Another one is started, unless the state is `failed`.
   */
  | 'worker-lost'
  /** No answer for a model or wasm file. */
  | 'asset-network'
  /** The server answered with an error for a model or wasm file. */
  | 'asset-http'
  /** Something else came in place of a model or wasm file, mostly a page. */
  | 'asset-type'
  /** A model or wasm file is not the one that this version was built with, by size or SHA-256. */
  | 'asset-corrupt'
  /** The source's frames can be neither copied nor drawn; they are covered. */
  | 'frame-unreadable'
  /** A frame could not be segmented; it was covered. */
  | 'segmentation-failed'
  /** A frame's hole could not be filled in; the hole was covered. */
  | 'inpaint-failed'
  /** The network could not be run; what was never seen is filled in without it. */
  | 'network-failed'
  /** WebGPU's device was lost, or never answered; removal goes on without it. */
  | 'gpu-lost';

/** What a {@link RemovalError} knows beside code and message. */
export interface RemovalErrorInit {
  /** What was thrown below. From a worker it comes as text. */
  readonly cause?: unknown;
  /** The file concerned, for `worker-failed` and `asset-*`. */
  readonly url?: string | undefined;
}

/** Every error of this package: what failed, with which URL or limit, and what to do next. */
export class RemovalError extends Error {
  /** Tells it from other errors where `instanceof` cannot, as between two copies of the package. */
  override readonly name = 'RemovalError';
  /** For programs; the message is for people. */
  readonly code: RemovalErrorCode;
  /** The file concerned, for `worker-failed` and `asset-*`. */
  readonly url: string | undefined;

  /** The package makes them; an app has no need to. */
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
