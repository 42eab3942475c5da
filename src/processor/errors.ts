/** What went wrong, for programs. docs/troubleshooting.md says for each what to do. */
export type RemovalErrorCode =
  /** The browser lacks a way to get or give frames; `checkSupport()` names it. */
  | 'unsupported'
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
  /** A running worker stopped answering: it crashed or was ended. Another one is started, unless the state is `failed`. */
  | 'worker-lost'
  /** A model or wasm file: no answer, an HTTP error, another type (often a page instead), or damaged. */
  | 'asset-network'
  | 'asset-http'
  | 'asset-type'
  | 'asset-corrupt'
  | 'segmentation-failed'
  | 'inpaint-failed'
  /** The network could not be run; what was never seen is filled in without it. */
  | 'network-failed'
  /** WebGPU's device was lost; removal goes on without it. */
  | 'gpu-lost';

export interface RemovalErrorInit {
  readonly cause?: unknown;
  /** The file concerned, for `worker-failed` and `asset-*`. */
  readonly url?: string | undefined;
}

/** Every error of this package: what failed, with which URL or limit, and what to do next. */
export class RemovalError extends Error {
  override readonly name = 'RemovalError';
  readonly code: RemovalErrorCode;
  readonly url: string | undefined;

  constructor(code: RemovalErrorCode, message: string, { cause, url }: RemovalErrorInit = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.url = url;
  }

  /** What can be posted between worker and page. */
  toWire(): WireError {
    const cause = this.cause === undefined ? undefined : String(this.cause);
    return { code: this.code, message: this.message, url: this.url, cause };
  }

  static fromWire({ code, message, url, cause }: WireError): RemovalError {
    return new RemovalError(code, message, { url, cause });
  }

  /** Errors of ours pass; others become `code`. */
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
