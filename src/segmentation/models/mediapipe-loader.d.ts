/** What makes an instance of MediaPipe's wasm: Emscripten's output, of which MediaPipe publishes no types. */
declare module '@mediapipe/tasks-vision/vision_wasm_module_internal.js' {
  const ModuleFactory: (module?: object) => Promise<object>;
  export default ModuleFactory;
}
