package io.arcllm.module.ratelimit;

/**
 * What a bucket of a rate limit counts.
 */
public enum LimitUnit {

	/** Requests that are sent. */
	REQUESTS,

	/** Tokens of requests and answers. */
	TOKENS

}
