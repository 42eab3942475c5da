import { env, InferenceSession, Tensor } from 'onnxruntime-web/wasm';
import type { FromNetwork, ToNetwork } from './messages.ts';
import type { Painter } from './painter.ts';
import { type Session, SessionPainter, type SessionTensor } from './session-painter.ts';

let painter: Painter | undefined;
let work: Promise<void> = Promise.resolve();

// ONNX Runtime makes its threads from this very file; they must keep their own handler.
if (!self.name.startsWith('em-pthread')) {
  self.onmessage = ({ data }: MessageEvent<ToNetwork>) => {
    work = work.then(() => handle(data)).catch((error) => send({ type: 'failed', message: String(error) }));
  };
}

async function handle(message: ToNetwork): Promise<void> {
  switch (message.type) {
    case 'start':
      painter = await start(message);
      send({ type: 'ready' });
      break;
    case 'paint': {
      if (!painter) throw new Error('The network was not started.');
      const rgb = (await painter.paint(message.input)) as Float32Array<ArrayBuffer>;
      send({ type: 'painted', rgb }, [rgb.buffer]);
      break;
    }
    case 'reset':
      painter?.reset();
      break;
    case 'close':
      painter?.close();
      self.close();
      break;
    default:
      message satisfies never;
  }
}

async function start({ runtime, model, weights, threads }: Extract<ToNetwork, { type: 'start' }>): Promise<Painter> {
  env.wasm.wasmBinary = runtime;
  env.wasm.numThreads = threads;
  env.logLevel = 'error';
  const session = await InferenceSession.create(model, {
    executionProviders: ['wasm'],
    graphOptimizationLevel: 'all',
    externalData: weights ?? [],
  });
  delete env.wasm.wasmBinary; // 14 MB that nobody needs any more
  return new SessionPainter(sessionOf(session), (type, data, shape) => {
    return new Tensor(type as 'float32', data as Float32Array, shape);
  });
}

function sessionOf(session: InferenceSession): Session {
  const inputs = session.inputMetadata.map((input) => {
    if (!input.isTensor) throw new Error(`Input ${input.name} of the network is no tensor.`);
    return { name: input.name, type: input.type, shape: input.shape.map(Number) };
  });
  return {
    inputs,
    run: async (feeds) => (await session.run(feeds as Record<string, Tensor>)) as Record<string, SessionTensor>,
    release: () => session.release(),
  };
}

function send(message: FromNetwork, transfer: Transferable[] = []): void {
  self.postMessage(message, { transfer });
}
