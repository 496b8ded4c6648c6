import { defineConfig } from 'vitepress'

const page = (text, link) => ({ text, link: '/' + link })

// The order of the handbook: from what somebody wants to do first to what is looked up.
export default defineConfig({
  title: 'ArcLLM for Spring Boot',
  description: 'Calls to large language models that survive what really happens to them',
  cleanUrls: true,
  rewrites: { 'README.md': 'index.md' },
  // Files of the repository that are no pages of the handbook
  ignoreDeadLinks: [/\.\.\//, /prometheus\//, /grafana\//, /examples\//, /^https?:\/\/localhost/],
  themeConfig: {
    search: { provider: 'local' },
    outline: { level: [2, 3] },
    nav: [page('Start', 'start'), page('Ask', 'ask'), page('Operate', 'production'), page('Configuration', 'configuration')],
    sidebar: [
      { text: 'Start', items: [page('From nothing to a failover', 'start'), page('The profile', 'profile'), page('The sample', 'sample')] },
      {
        text: 'Ask',
        items: [page('Ask', 'ask'), page('Conversations', 'conversations'), page('Streams', 'streams'),
          page('With Spring AI', 'with-spring-ai'), page('With LangChain4j', 'with-langchain4j'), page('Test your application', 'testing')]
      },
      {
        text: 'Choose',
        items: [page('Which vendor, which chain', 'choose'), page('Providers', 'providers'), page('Fallback', 'fallback'),
          page('Routing', 'routing'), page('Hedge', 'hedge'), page('What each vendor is sent', 'formats')]
      },
      {
        text: 'Protect',
        items: [page('All together', 'protection'), page('Retry', 'retry'), page('Timeout', 'timeout'), page('Circuit breaker', 'circuit-breaker'),
          page('Rate limit', 'rate-limit'), page('Bulkhead', 'bulkhead'), page('Cache', 'cache'), page('Budget', 'budget'),
          page('Redaction', 'redaction'), page('Audit', 'audit')]
      },
      {
        text: 'Operate',
        items: [page('Run it in production', 'production'), page('Incidents', 'incidents'), page('Actuator', 'actuator'),
          page('Telemetry', 'telemetry'), page('Keys', 'keys'), page('What we promise', 'promises')]
      },
      { text: 'Extend', items: [page('Write your own module', 'modules')] },
      { text: 'Reference', items: [page('Configuration', 'configuration'), page('Errors', 'errors'), page('Benchmarks', 'benchmarks')] },
      { text: 'Move here', items: [page('From Resilience4j, Spring AI, LiteLLM', 'moving')] }
    ]
  }
})
