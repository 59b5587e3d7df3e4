/** What language models answer, in Python. */
import type { Model } from "../../../server/rule/rule.ts";

const SAID = "what a model answered";

const ai: Model = {
  language: "python",
  aliases: { "ollama.AsyncClient": "ollama.Client" },
  types: {
    "openai.OpenAI()": ["openai.{AsyncOpenAI,AzureOpenAI,AsyncAzureOpenAI,Client,AsyncClient}()"],
    "anthropic.Anthropic()": [
      "anthropic.{AsyncAnthropic,Client,AsyncClient,AnthropicBedrock,AsyncAnthropicBedrock,AnthropicVertex,AsyncAnthropicVertex}()",
    ],
    "google.genai.Client()": ["google.genai.Client().aio"],
    "langchain.Model()": [
      "langchain_openai.{ChatOpenAI,AzureChatOpenAI,OpenAI,AzureOpenAI}()",
      "langchain_openai.chat_models.ChatOpenAI()",
      "langchain_community.chat_models.{ChatOpenAI,ChatOllama,ChatAnthropic}()",
      "langchain.chat_models.{ChatOpenAI,ChatAnthropic,init_chat_model}()",
      "langchain_anthropic.ChatAnthropic()",
      "langchain_google_genai.ChatGoogleGenerativeAI()",
      "langchain_google_vertexai.ChatVertexAI()",
      "langchain_ollama.{ChatOllama,OllamaLLM}()",
      "langchain_mistralai.ChatMistralAI()",
      "langchain_groq.ChatGroq()",
      "langchain_aws.{ChatBedrock,ChatBedrockConverse}()",
      "langchain.Model().{bind,bind_tools,with_structured_output,with_config,with_retry,with_fallbacks,pipe}()",
      "langchain.Model().%|()",
      "langchain_core.prompts.{ChatPromptTemplate,PromptTemplate}.{from_template,from_messages}().%|()",
      "langchain.prompts.{ChatPromptTemplate,PromptTemplate}.{from_template,from_messages}().%|()",
      "langchain.chains.LLMChain()",
      "langchain.agents.{AgentExecutor,create_agent,initialize_agent}()",
      "langgraph.prebuilt.create_react_agent()",
    ],
  },
  sources: [
    { path: "openai.OpenAI().chat.completions.{create,parse,stream}()", kind: "model", text: SAID },
    {
      path: "openai.OpenAI().responses.{create,parse,stream,retrieve}()",
      kind: "model",
      text: SAID,
    },
    { path: "openai.OpenAI().completions.create()", kind: "model", text: SAID },
    { path: "openai.OpenAI().beta.chat.completions.{parse,stream}()", kind: "model", text: SAID },
    { path: "openai.OpenAI().beta.threads.messages.list()", kind: "model", text: SAID },
    { path: "openai.chat.completions.create()", kind: "model", text: SAID },
    { path: "openai.responses.create()", kind: "model", text: SAID },
    { path: "openai.{ChatCompletion,Completion}.{create,acreate}()", kind: "model", text: SAID },
    {
      path: "anthropic.Anthropic().{messages,beta.messages}.{create,stream,parse}()",
      kind: "model",
      text: SAID,
    },
    { path: "anthropic.Anthropic().completions.create()", kind: "model", text: SAID },
    {
      path: "langchain.Model().{invoke,ainvoke,stream,astream,batch,abatch,predict,apredict,run,arun,generate}()",
      kind: "model",
      text: SAID,
    },
    {
      path: "litellm.{completion,acompletion,text_completion,responses,aresponses}()",
      kind: "model",
      text: SAID,
    },
    { path: "{ollama,ollama.Client()}.{chat,generate}()", kind: "model", text: SAID },
    {
      path: "google.genai.Client().models.{generate_content,generate_content_stream}()",
      kind: "model",
      text: SAID,
    },
    {
      path: "google.generativeai.GenerativeModel().{generate_content,generate_content_async}()",
      kind: "model",
      text: SAID,
    },
  ],
};

export default ai;
