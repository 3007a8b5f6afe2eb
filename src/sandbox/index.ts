/**
 * Owns: tokens for any user, and a clock that can be moved.
 * Does not own: the simulator, which is a process of its own.
 * Always true: none of it exists outside the sandbox.
 */
export { SandboxModule } from './sandbox.module.ts';
