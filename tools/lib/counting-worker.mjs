/**
 * A worker of the package that counts something first, as `scripts` of `serve`: `/counting-worker.js`.
 * @param {string} code runs before `/clean-plate/worker.js`
 */
export const countingWorker = (code) => ({
  '/counting.js': code,
  '/counting-worker.js': "import './counting.js';\nimport '/clean-plate/worker.js';\n",
});
