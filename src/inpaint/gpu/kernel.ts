/** Compiles one kernel with the entry point `main`. Rejects with the compiler's message. */
export async function kernel(device: GPUDevice, label: string, code: string): Promise<GPUComputePipeline> {
  const module = device.createShaderModule({ label: `clean-plate ${label}`, code });
  const { messages } = await module.getCompilationInfo();
  const errors = messages.filter(({ type }) => type === 'error').map((m) => `line ${m.lineNum}: ${m.message}`);
  if (errors.length > 0) throw new Error(`The kernel "${label}" does not compile: ${errors.join('; ')}`);
  return device.createComputePipelineAsync({
    label: `clean-plate ${label}`,
    layout: 'auto',
    compute: { module, entryPoint: 'main' },
  });
}

/** Each run is a pass of its own: passes on a queue see each other's writes. */
export function run(
  encoder: GPUCommandEncoder,
  pipeline: GPUComputePipeline,
  group: GPUBindGroup,
  x: number,
  y = 1,
): void {
  const pass = encoder.beginComputePass({ label: pipeline.label });
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, group);
  pass.dispatchWorkgroups(x, y);
  pass.end();
}
