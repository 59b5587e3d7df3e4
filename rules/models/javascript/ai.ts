/** What language models answer, in JavaScript. */
import type { Model } from "../../../server/rule/rule.ts";

const SAID = "what a model answered";

const ai: Model = {
  language: "javascript",
  types: {
    "openai.OpenAI()": ["openai()", "openai.AzureOpenAI()"],
    "@anthropic-ai/sdk.Anthropic()": [
      "@anthropic-ai/sdk()",
      "@anthropic-ai/bedrock-sdk.AnthropicBedrock()",
      "@anthropic-ai/vertex-sdk.AnthropicVertex()",
    ],
    "langchain.Model()": [
      "@langchain/openai.{ChatOpenAI,AzureChatOpenAI,OpenAI}()",
      "@langchain/anthropic.ChatAnthropic()",
      "@langchain/google-genai.ChatGoogleGenerativeAI()",
      "@langchain/ollama.{ChatOllama,Ollama}()",
      "@langchain/mistralai.ChatMistralAI()",
      "@langchain/groq.ChatGroq()",
      "langchain/chat_models/universal.initChatModel()",
      "langchain.Model().{bind,bindTools,withStructuredOutput,withConfig,withRetry,pipe}()",
      "@langchain/core/prompts.{ChatPromptTemplate,PromptTemplate}.{fromTemplate,fromMessages}().pipe()",
      "@langchain/core/runnables.RunnableSequence.from()",
    ],
  },
  sources: [
    {
      path: "openai.OpenAI().chat.completions.{create,parse,stream}()",
      kind: "model",
      text: SAID,
    },
    {
      path: "openai.OpenAI().responses.{create,parse,stream,retrieve}()",
      kind: "model",
      text: SAID,
    },
    { path: "openai.OpenAI().completions.create()", kind: "model", text: SAID },
    {
      path: "openai.OpenAI().beta.{chat.completions.parse,chat.completions.stream,threads.messages.list}()",
      kind: "model",
      text: SAID,
    },
    {
      path: "@anthropic-ai/sdk.Anthropic().{messages,beta.messages}.{create,stream,parse}()",
      kind: "model",
      text: SAID,
    },
    {
      path: "ai.{generateText,streamText,generateObject,streamObject}()",
      kind: "model",
      text: SAID,
    },
    { path: "langchain.Model().{invoke,stream,batch,streamEvents}()", kind: "model", text: SAID },
    {
      path: "@google/genai.GoogleGenAI().models.{generateContent,generateContentStream}()",
      kind: "model",
      text: SAID,
    },
    { path: "ollama.{chat,generate}()", kind: "model", text: SAID },
    { path: "ollama.Ollama().{chat,generate}()", kind: "model", text: SAID },
  ],
};

export default ai;
