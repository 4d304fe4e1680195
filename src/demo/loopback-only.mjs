// Preloaded into the Playground, which listens on all interfaces: here it listens on this machine only, and ends
// itself with the process that started it.
import { Server } from 'node:net';

const listen = Server.prototype.listen;
Server.prototype.listen = function onLoopback(...given) {
  const [first, ...others] = given;
  if (typeof first === 'number' || (typeof first === 'string' && /^\d+$/.test(first))) {
    const rest = typeof others[0] === 'string' ? others.slice(1) : others;
    return listen.call(this, Number(first), '127.0.0.1', ...rest);
  }
  if (first !== null && typeof first === 'object' && 'port' in first) return listen.call(this, { ...first, host: '127.0.0.1' }, ...others);
  return listen.apply(this, given);
};

process.on('disconnect', () => process.exit(0));
