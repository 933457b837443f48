/// What is served, in Redis or Valkey. Start at [RedisTable].
@NullMarked
package dev.touchstone.redis;

import org.jspecify.annotations.NullMarked;
